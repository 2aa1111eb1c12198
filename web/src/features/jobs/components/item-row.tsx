/** One file and its fate; a kept one leads to its image. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Item } from "@/lib/api/types";
import { formatBytes } from "@/lib/format";
import { isFate } from "../balance";
import { reasonTitle } from "../reasons";
import { FateMark } from "./fate-mark";

/** "Holidays/2024/a.jpg" lies in "Holidays/2024". */
function folderOf({ path, name }: Item): string {
  return (path.endsWith(name) ? path.slice(0, -name.length) : path).replace(/\/$/, "");
}

export function ItemRow({ item }: { item: Item }) {
  const { t } = useTranslation(["jobs", "reasons"]);
  const folder = folderOf(item);
  return (
    <li className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-0.5 py-2 md:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_7rem_5.5rem] md:items-baseline">
      <p className="min-w-0 [overflow-wrap:anywhere]">
        {folder && <span className="text-soft">{folder}/</span>}
        {item.image_id ? (
          <Link
            to="/gallery"
            search={{ image: item.image_id }}
            className="font-[540] underline decoration-edge/60 underline-offset-3 hover:decoration-sea"
          >
            {item.name}
          </Link>
        ) : (
          <span className="font-[540]">{item.name}</span>
        )}
      </p>
      <p className="label order-2 flex items-center justify-end gap-1.5 whitespace-nowrap md:order-none md:justify-start md:[grid-column:3]">
        <FateMark fate={item.state} />
        {isFate(item.state) ? t(`fates.${item.state}`) : item.state}
      </p>
      <div className="order-3 min-w-0 text-pretty text-sm text-soft [overflow-wrap:anywhere] md:order-none md:[grid-column:2] md:[grid-row:1]">
        {item.reason && (
          <p>
            <span className="text-ink">{reasonTitle(t, item.reason) ?? item.reason}.</span>{" "}
            {item.message}
            {item.attempts > 1 && <> ({t("items.attempts", { count: item.attempts })})</>}
          </p>
        )}
      </div>
      <p className="figures order-4 text-right text-sm text-soft md:order-none md:[grid-column:4]">
        {item.size === null ? "" : formatBytes(item.size)}
      </p>
    </li>
  );
}
