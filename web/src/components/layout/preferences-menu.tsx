/** Appearance and language; on a telephone also the way to what the header has no room for. */
import { useNavigate } from "@tanstack/react-router";
import { Plug, Settings2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuChoice, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { chooseLanguage, type Language, languages } from "@/lib/i18n";
import { chooseTheme, currentTheme, type Theme, themes } from "@/lib/theme";

export function PreferencesMenu() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [theme, setTheme] = useState(currentTheme);
  const changeTheme = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Menu
      trigger={
        <IconButton label={t("preferences.open")}>
          <Settings2 aria-hidden />
        </IconButton>
      }
    >
      <MenuItem className="sm:hidden" onSelect={() => void navigate({ to: "/connections" })}>
        <Plug aria-hidden />
        {t("nav.connections")}
      </MenuItem>
      <MenuSeparator className="sm:hidden" />
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
