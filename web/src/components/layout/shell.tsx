/** The frame around every screen. */
import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Header } from "./header";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function Shell() {
  const { t } = useTranslation();
  return (
    <div className="flex min-h-dvh flex-col">
      <Header />
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        <Outlet />
      </main>
      {loopback.has(window.location.hostname) && (
        <footer className="mx-auto w-full max-w-[90rem] px-4 pt-10 pb-6 text-soft text-sm sm:px-8">
          {t("localMode")}
        </footer>
      )}
    </div>
  );
}
