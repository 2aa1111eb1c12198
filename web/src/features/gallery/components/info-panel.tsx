/** All that is known about an image. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Children, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CopyLine } from "@/components/ui/copy-line";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { ImageInfo } from "@/lib/api/types";
import { formatBytes, formatCount, formatDateTime } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import { uprightSize } from "../picture";

function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (Children.toArray(children).every((child) => child === "")) return null;
  return (
    <div>
      <dt className="label text-soft">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

export function InfoPanel({ query }: { query: UseQueryResult<ImageInfo> }) {
  const { t } = useTranslation(["gallery", "common"]);
  return (
    <aside
      aria-label={t("lightbox.info")}
      className="enter max-h-[45%] shrink-0 overflow-y-auto border-line border-t bg-deck p-5 md:max-h-none md:w-80 md:border-t-0 md:border-l"
    >
      {query.isPending && <p className="text-soft">{t("common:loading")}</p>}
      {query.isError && <ProblemNotice error={query.error} />}
      {query.data && <Facts info={query.data} />}
    </aside>
  );
}

function Facts({ info }: { info: ImageInfo }) {
  const { t } = useTranslation(["gallery", "common"]);
  const size = uprightSize(info);
  const heir = info.superseded_by;
  const dimensions = { width: formatCount(size.width), height: formatCount(size.height) };
  return (
    <dl className="space-y-3.5">
      <Fact label={t("info.size")}>{formatBytes(info.size)}</Fact>
      <Fact label={t("info.dimensions")}>{info.width && t("info.pixels", dimensions)}</Fact>
      <Fact label={t("info.type")}>{info.mime_type}</Fact>
      <Fact label={t("info.frames")}>{info.frames && info.frames > 1 ? info.frames : null}</Fact>
      <Fact label={t("info.taken")}>{info.taken_at && formatDateTime(info.taken_at)}</Fact>
      <Fact label={t("info.camera")}>{info.camera}</Fact>
      <Fact label={t("info.source")}>{sourceName(t, info.source)}</Fact>
      <Fact label={t("info.path")}>{info.source_path}</Fact>
      <Fact label={t("info.atSource")}>
        {info.gone_at && t("info.gone", { time: formatDateTime(info.gone_at) })}
        {heir && (
          <Link
            to="/gallery"
            search={(search) => ({ ...search, image: heir })}
            className="underline underline-offset-3"
          >
            {t("info.superseded")}
          </Link>
        )}
      </Fact>
      <Fact label={t("info.imported")}>{formatDateTime(info.created_at)}</Fact>
      <Fact label={t("info.job")}>
        {info.job_id && (
          <Link
            to="/jobs/$id"
            params={{ id: info.job_id }}
            className="underline underline-offset-3"
          >
            {t("info.showJob")}
          </Link>
        )}
      </Fact>
      <Fact label={t("info.sha256")}>
        <CopyLine text={info.sha256} className="mt-1" />
      </Fact>
      <Fact label={t("info.providerHash")}>
        {info.provider_hash && <CopyLine text={info.provider_hash} className="mt-1" />}
      </Fact>
    </dl>
  );
}
