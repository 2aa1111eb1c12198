/** The ways in, in the order of their tabs: one panel file and one line each. */
import { FolderOpen, KeyRound, Link2, List } from "lucide-react";
import type { ComponentType } from "react";
import { ConnectionPanel } from "./connection-panel";
import { LinkPanel } from "./link-panel";
import { ListPanel } from "./list-panel";
import type { PanelProps } from "./panel";
import { PlacePanel } from "./place-panel";

/** The words of a tab are in the catalogues, under imports.ways. */
export type WayId = "link" | "list" | "place" | "connection";

interface Way {
  id: WayId;
  Icon: typeof Link2;
  Panel: ComponentType<PanelProps>;
}

export const ways: readonly Way[] = [
  { id: "link", Icon: Link2, Panel: LinkPanel },
  { id: "list", Icon: List, Panel: ListPanel },
  { id: "place", Icon: FolderOpen, Panel: PlacePanel },
  { id: "connection", Icon: KeyRound, Panel: ConnectionPanel },
];
