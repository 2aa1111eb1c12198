/** Words of the frame: navigation, preferences, errors that any screen may meet. */
export const common = {
  nav: {
    label: "Main",
    home: "pixharbor, start page",
    skip: "Skip to content",
    import: "Import",
    jobs: "Jobs",
    gallery: "Gallery",
    connections: "Connections",
    menu: "Menu",
  },
  preferences: {
    open: "Appearance and language",
    theme: "Appearance",
    system: "As the system",
    light: "Light",
    dark: "Dark",
    language: "Language",
  },
  languages: { en: "English", de: "Deutsch" },
  sources: {
    google_drive: "Google Drive",
    dropbox: "Dropbox",
    web_urls: "Web addresses",
    csv: "CSV file",
    object_storage: "Object storage",
    local_folder: "Local folder",
    zip_archive: "ZIP archive",
    upload: "Upload",
  },
  access: {
    this_computer: "Local mode: no sign-in, reachable from this computer only.",
    network: "No sign-in: everybody who reaches this server can see and change everything.",
  },
  loading: "Loading …",
  more: "Show more",
  close: "Close",
  cancel: "Cancel",
  retry: "Try again",
  problem: {
    unreachable: {
      title: "The server does not answer",
      detail: "This page could not reach pixharbor.",
      cure: "See whether “pixharbor serve” is still running, then try again.",
    },
    unknown: {
      title: "That did not work",
      detail: "The server answered with status {{status}} and no explanation.",
      cure: "Try again; if it stays, the server’s log has the reason.",
    },
    crash: {
      title: "This page ran into an error of its own",
      cure: "Reload it. Your imports are not affected: they run on the server.",
      reload: "Reload",
    },
  },
  notFound: {
    title: "Off the chart",
    detail: "There is no page at this address.",
    home: "To the start page",
  },
} as const;
