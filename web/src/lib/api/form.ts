/** A multipart form as the typed client sends it; in the generated types a file is a string. */
type AsTyped<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends Blob ? string : Fields[Name];
};

export function asForm<Fields extends Record<string, string | File>>(fields: Fields) {
  return {
    body: fields as unknown as AsTyped<Fields>,
    bodySerializer: () => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      return form;
    },
  };
}
