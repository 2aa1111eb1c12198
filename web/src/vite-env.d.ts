/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Origin of the API when the page is hosted elsewhere. */
  readonly VITE_API_URL?: string;
}
