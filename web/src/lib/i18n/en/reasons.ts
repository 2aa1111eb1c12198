/** Each reason of an item: one sentence for people, and the act that cures it. */
export const reasons = {
  not_an_image: { title: "Not an image", cure: "Nothing to do: only images are kept." },
  not_binary: {
    title: "A Google document without a file behind it",
    cure: "Export it as an image at the source if it is wanted.",
  },
  empty: { title: "Empty, 0 bytes", cure: "Upload the file again at the source." },
  too_large: { title: "Larger than allowed", cure: "Raise LIMIT_FILE_BYTES, restart the server and import again." },
  too_many_pixels: { title: "More pixels than allowed", cure: "Raise LIMIT_PIXELS, restart the server and import again." },
  too_many_frames: { title: "More frames than allowed", cure: "Raise LIMIT_FRAMES, restart the server and import again." },
  filtered: { title: "Left out by the import’s filter", cure: "Import again without the filter." },
  not_an_address: {
    title: "Not a web address",
    cure: "Correct the line in your list and import it again.",
  },
  address_refused: {
    title: "Does not lead to the public internet",
    cure: "If you trust it, name its network in ALLOW_PRIVATE_ADDRESSES, then retry.",
  },
  same_content: {
    title: "Same content as an image that is kept",
    cure: "Nothing to do: the bytes are kept once.",
  },
  unchanged: {
    title: "Imported before and unchanged",
    cure: "Nothing to do: nothing was downloaded.",
  },
  renamed: { title: "Renamed at the source", cure: "Nothing to do: the image’s name followed." },
  html_instead_of_file: {
    title: "A web page came instead of the file",
    cure: "The source may be limiting downloads. Wait a while, then retry.",
  },
  truncated: { title: "The download broke off", cure: "Retry; the connection was cut short." },
  checksum: {
    title: "Bytes differ from what the source promised",
    cure: "Retry; if it stays, upload the file again at the source.",
  },
  forbidden: {
    title: "The source refused access",
    cure: "Share the file with “anyone with the link”, then retry.",
  },
  abusive: {
    title: "Flagged as harmful by the source",
    cure: "Only its owner can download it there.",
  },
  provider_error: { title: "The source had an error", cure: "Retry in a few minutes." },
  timeout: { title: "The source took too long", cure: "Retry when the connection is calmer." },
  unreachable: {
    title: "The source could not be reached",
    cure: "Check this server’s internet connection, then retry.",
  },
  too_many_crashes: {
    title: "This file stopped its worker several times",
    cure: "Look at the server’s log, then retry.",
  },
  storage: {
    title: "The bytes could not be stored",
    cure: "Check free space and access of the store, then retry.",
  },
  vanished: {
    title: "Gone after it was listed",
    cure: "Restore it at the source if it is wanted, then retry.",
  },
  job_cancelled: { title: "The job was cancelled", cure: "Import again to fetch these after all." },
} as const;
