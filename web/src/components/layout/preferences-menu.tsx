/** Appearance and language; on a telephone also the way to what the header has no room for. */
import { useLocation, useNavigate } from "@tanstack/react-router";
import { Menu as MenuIcon, Plug, Settings2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuChoice, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { cx } from "@/lib/class-names";
import { chooseLanguage, type Language, languages } from "@/lib/i18n";
import { chooseTheme, currentTheme, type Theme, themes } from "@/lib/theme";
import { useNarrow } from "@/lib/use-narrow";

const trigger = "relative text-soft hover:bg-well hover:text-ink";
/** As the header marks the screen that is shown. */
const marked =
  "!text-ink after:absolute after:inset-x-1 after:-bottom-2 after:h-[3px] after:bg-sea";

export function PreferencesMenu() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const atConnections = useLocation({ select: ({ pathname }) => pathname === "/connections" });
  const [theme, setTheme] = useState(currentTheme);
  const changeTheme = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Menu
      trigger={
        narrow ? (
          <IconButton label={t("nav.menu")} className={cx(trigger, atConnections && marked)}>
            <MenuIcon aria-hidden />
          </IconButton>
        ) : (
          <IconButton label={t("preferences.open")}>
            <Settings2 aria-hidden />
          </IconButton>
        )
      }
    >
      {narrow && (
        <>
          <MenuItem
            className={cx(atConnections && "font-[600]")}
            aria-current={atConnections ? "page" : undefined}
            onSelect={() => void navigate({ to: "/connections" })}
          >
            <Plug aria-hidden />
            {t("nav.connections")}
          </MenuItem>
          <MenuSeparator />
        </>
      )}
      <MenuChoice
        label={t("preferences.theme")}
        value={theme}
        choices={themes.map((value) => ({ value, label: t(`preferences.${value}`) }))}
        onChoose={changeTheme}
      />
      <MenuSeparator />
      <MenuChoice
        label={t("preferences.language")}
        value={i18n.language as Language}
        choices={languages.map((value) => ({ value, label: t(`languages.${value}`) }))}
        onChoose={chooseLanguage}
      />
    </Menu>
  );
}
