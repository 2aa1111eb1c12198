/** How whoever runs this server registers it with a provider, step by step. */
import { useTranslation } from "react-i18next";
import type { Provider } from "@/lib/api/types";

/** Where each provider keeps its registrations; the steps are in the catalogue. */
const consoles = {
  google_drive: "https://console.cloud.google.com/apis/credentials",
  dropbox: "https://www.dropbox.com/developers/apps",
} as const;

function isKnown(source: string): source is keyof typeof consoles {
  return source in consoles;
}

export function Registration({ provider }: { provider: Provider }) {
  const { t } = useTranslation("connections");
  const { source } = provider;
  if (!isKnown(source)) return <p className="text-pretty">{provider.cure}</p>;
  const steps = t(`register.${source}`, { returnObjects: true });
  return (
    <details>
      <summary className="cursor-pointer text-soft hover:text-ink">{t("register.title")}</summary>
      <ol className="mt-2 list-decimal space-y-1 pl-5 text-pretty">
        <li>
          <a
            href={consoles[source]}
            target="_blank"
            rel="noreferrer"
            className="underline underline-offset-3 [overflow-wrap:anywhere]"
          >
            {consoles[source]}
          </a>
        </li>
        {Object.entries(steps).map(([key, step]) => (
          <li key={key} className="[overflow-wrap:anywhere]">
            {step}
          </li>
        ))}
      </ol>
    </details>
  );
}
