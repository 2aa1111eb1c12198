/** The frame around every screen. */
import { Outlet } from "@tanstack/react-router";
import { LocalFooter, OpenBanner } from "./access-notice";
import { Header } from "./header";

export function Shell() {
  return (
    <div className="flex min-h-dvh flex-col">
      <Header />
      <OpenBanner />
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        <Outlet />
      </main>
      <LocalFooter />
    </div>
  );
}
