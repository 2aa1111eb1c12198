/** The head of every page: the mark, the ways to go, preferences, and the chart's neat line. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/class-names";
import { Mark } from "./mark";
import { PreferencesMenu } from "./preferences-menu";

const places = [
  { to: "/", key: "import" },
  { to: "/jobs", key: "jobs" },
  { to: "/gallery", key: "gallery" },
  // On a telephone there is no room for it: the preferences' menu leads there instead.
  { to: "/connections", key: "connections", className: "hidden sm:flex" },
] as const;

export function Header() {
  const { t } = useTranslation();
  return (
    <header className="sticky top-0 z-30 bg-fog">
      <a
        href="#content"
        className="sr-only rounded-plate bg-sea px-4 py-2 text-on-sea focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50"
      >
        {t("nav.skip")}
      </a>
      <div className="mx-auto flex h-14 max-w-[90rem] items-stretch gap-2 px-4 sm:gap-8 sm:px-8">
        <Link to="/" className="flex items-center gap-2.5" aria-label={t("nav.home")}>
          <Mark className="size-7 text-sea" />
          <span className="lettering hidden text-[1.2rem] sm:inline">pixharbor</span>
        </Link>
        <nav aria-label={t("nav.label")} className="ml-1 flex items-stretch sm:gap-1">
          {places.map(({ to, key, ...rest }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              className={cx(
                "relative items-center px-2.5 text-soft transition-colors hover:text-ink sm:px-3",
                "className" in rest ? rest.className : "flex",
              )}
              activeProps={{
                className:
                  "!text-ink font-[600] after:absolute after:inset-x-2.5 after:bottom-0 after:h-[3px] after:bg-sea sm:after:inset-x-3",
              }}
            >
              {t(`nav.${key}`)}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex items-center">
          <PreferencesMenu />
        </div>
      </div>
      <div aria-hidden className="neatline" />
    </header>
  );
}
