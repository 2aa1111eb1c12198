/** "Options": folded away until somebody wants them. */
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type OptionProps, optionFields } from "../options";

export function ImportOptions(props: OptionProps) {
  const { t } = useTranslation("imports");
  if (optionFields.length === 0) return null;
  return (
    <details className="group mt-6 border-line border-t pt-3">
      <summary className="label inline-flex min-h-9 items-center gap-1.5 text-soft hover:text-ink">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
        {t("options")}
      </summary>
      <div className="mt-3 space-y-4">
        {optionFields.map(({ id, Field }) => (
          <Field key={id} {...props} />
        ))}
      </div>
    </details>
  );
}
