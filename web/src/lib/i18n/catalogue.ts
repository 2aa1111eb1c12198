/** The shape a translation must have: the same keys as the English catalogue, any words. */
export type Translation<Catalogue> = {
  readonly [Key in keyof Catalogue]: Catalogue[Key] extends string
    ? string
    : Translation<Catalogue[Key]>;
};
