/** A way in: a folder of a connected account, chosen from its folders or named by a link. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/components/ui/button";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Connection, Place } from "@/lib/api/types";
import { sourceName } from "@/lib/known-source";
import { useConnections } from "../api/list-connections";
import { useStartImport } from "../api/start-import";
import { ImportProblem } from "../components/import-problem";
import { LinkPassword } from "../components/link-password";
import { PlaceBrowser } from "../components/place-browser";
import { SubmitButton } from "../components/submit-button";
import type { PanelProps } from "./panel";

export function ConnectionPanel(props: PanelProps) {
  const { t } = useTranslation(["imports", "common"]);
  const query = useConnections();
  if (query.isPending) return <p className="text-soft">{t("common:loading")}</p>;
  if (query.isError) {
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.data.connections.length === 0) {
    return (
      <div>
        <p className="max-w-xl text-pretty text-soft">{t("account.none")}</p>
        <Link to="/connections" className={buttonClass("primary", "mt-4")}>
          {t("account.connect")}
        </Link>
      </div>
    );
  }
  return <AccountForm {...props} connections={query.data.connections} />;
}

interface AccountFormProps extends PanelProps {
  connections: readonly Connection[];
}

function AccountForm({ options, onStarted, connections }: AccountFormProps) {
  const { t } = useTranslation(["imports", "common"]);
  const accountId = useId();
  const linkId = useId();
  const [picked, setPicked] = useState<string>();
  const [trail, setTrail] = useState<readonly Place[]>([]);
  const [link, setLink] = useState("");
  const [password, setPassword] = useState("");
  const start = useStartImport(onStarted);
  const connection = connections.find(({ id }) => id === picked) ?? connections[0];
  if (!connection) return null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const opening = password ? { link_password: password } : {};
    start.mutate({ ...options, location: link.trim(), connection_id: connection.id, ...opening });
  };
  const pick = (id: string) => {
    setPicked(id);
    setTrail([]);
    choose("");
  };
  const choose = (chosen: string) => {
    setLink(chosen);
    setPassword("");
    start.reset();
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor={accountId} className="label block text-soft">
          {t("account.field")}
        </label>
        <Link to="/connections" className="text-sm text-soft underline underline-offset-3">
          {t("account.manage")}
        </Link>
      </div>
      <select
        id={accountId}
        value={connection.id}
        onChange={(event) => pick(event.target.value)}
        className="mt-2 min-h-12 w-full rounded-plate bg-deck px-3 ring-1 ring-edge"
      >
        {connections.map(({ id, name, source }) => (
          <option key={id} value={id}>
            {name} · {sourceName(t, source)}
          </option>
        ))}
      </select>
      <PlaceBrowser
        key={connection.id}
        connectionId={connection.id}
        trail={trail}
        chosen={link}
        onTrail={setTrail}
        onChoose={(place) => choose(place.link)}
      />
      <label htmlFor={linkId} className="label mt-5 block text-soft">
        {t("account.link")}
      </label>
      <div className="mt-2 flex flex-col gap-2 rounded-plate bg-deck p-1.5 shadow-sm ring-1 ring-edge focus-within:ring-2 focus-within:ring-sea sm:flex-row">
        <input
          id={linkId}
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={link}
          onChange={(event) => choose(event.target.value)}
          aria-invalid={start.isError}
          className="min-h-12 min-w-0 flex-1 bg-transparent px-3 text-[1.0625rem] outline-none"
        />
        <SubmitButton pending={start.isPending} disabled={link.trim() === ""} />
      </div>
      <LinkPassword value={password} onChange={setPassword} error={start.error} />
      {start.isError && <ImportProblem error={start.error} />}
    </form>
  );
}
