/** Words of the import screen. */
export const imports = {
  title: "Bring a folder in",
  lead: "Paste a public link. Every file is fetched, verified and kept, and each one is accounted for.",
  field: "Link to a folder or a file",
  placeholder: "https://drive.google.com/drive/folders/…",
  submit: "Import",
  submitting: "Checking …",
  hint: {
    empty: "Google Drive folders and single files, shared with “anyone with the link”.",
    folder: "Google Drive folder, with all its sub-folders.",
    file: "A single file on Google Drive.",
    unsure: "Google Drive link. Whether folder or file shows when it is opened.",
    bareId: "Looks like a Google Drive id.",
    document: "A Google document, not an image. It would be listed and skipped.",
    later: "{{source}}: this source comes later. Google Drive works today.",
    unknown:
      "Not a link that pixharbor knows. Google Drive links look like drive.google.com/drive/folders/…",
  },
  noKey: {
    title: "Google Drive needs an API key",
    detail:
      "Create one at console.cloud.google.com (enable the Drive API, then Credentials, API key; free, two minutes), set it as GOOGLE_API_KEY and start the server again.",
    demo: "Or look around first: this starts a harbour with a sample album, no key needed.",
  },
  copy: "Copy",
  copied: "Copied",
} as const;
