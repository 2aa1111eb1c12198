/** How the page is built (into the Python package) and served while it is written. */
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.PIXHARBOR_API ?? "http://127.0.0.1:8000";
const page = fileURLToPath(new URL("../src/pixharbor/page", import.meta.url));

export default defineConfig({
  plugins: [react(), tailwindcss({ optimize: false })],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: page,
    emptyOutDir: true,
    // light-dark() stays as it is: the lightbox is dark in both themes, which the rewritten form cannot be.
    cssTarget: ["chrome123", "edge123", "firefox121", "safari17.5"],
    // The server's Content-Security-Policy allows files of its own only: no data: addresses.
    assetsInlineLimit: 0,
    license: { fileName: "licences.md" },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    // changeOrigin also rewrites Host; the server refuses hosts and origins that are not its own.
    proxy: Object.fromEntries(
      ["/api", "/files", "/i", "/health"].map((path) => [
        path,
        { target: api, changeOrigin: true, headers: { origin: api } },
      ]),
    ),
  },
});
