/** The shapes of the API as openapi-typescript writes them; written by hand until docs/openapi.json exists. */
export interface paths {
  "/api/v1/imports": { post: operations["start_import"] };
  "/api/v1/jobs": { get: operations["list_jobs"] };
  "/api/v1/jobs/{job_id}": { get: operations["get_job"]; delete: operations["delete_job"] };
  "/api/v1/jobs/{job_id}/items": { get: operations["list_items"] };
  "/api/v1/jobs/{job_id}/pause": { post: operations["act_on_job"] };
  "/api/v1/jobs/{job_id}/resume": { post: operations["act_on_job"] };
  "/api/v1/jobs/{job_id}/cancel": { post: operations["act_on_job"] };
  "/api/v1/jobs/{job_id}/retry": { post: operations["retry_job"] };
  "/api/v1/images": { get: operations["list_images"] };
  "/api/v1/images/{image_id}": { delete: operations["delete_image"] };
  "/api/v1/images/{image_id}/info": { get: operations["get_image_info"] };
}

export interface components {
  schemas: {
    StartImport: {
      source?: string;
      location: string;
      recursive?: boolean;
      filters?: Record<string, never>;
      priority?: number;
      connection_id?: string | null;
      dry_run?: boolean;
    };
    Balance: {
      listed: number;
      pending: number;
      stored: number;
      duplicate: number;
      skipped: number;
      failed: number;
      gone: number;
      cancelled: number;
      folders: { listed: number; failed: number };
    };
    Job: {
      id: string;
      kind: "import" | "batch";
      state:
        | "queued"
        | "listing"
        | "running"
        | "paused"
        | "completed"
        | "partial"
        | "failed"
        | "cancelled";
      name: string | null;
      source: string;
      location: string;
      created_at: string;
      started_at: string | null;
      finished_at: string | null;
      balance: components["schemas"]["Balance"];
      bytes_stored: number;
      images_per_second: number | null;
      eta_seconds: number | null;
      pause: { reason: string; until: string | null } | null;
      governor: { units_per_second: number; allowed_units_per_second: number } | null;
      failures_by_reason: { state: string; reason: string; count: number }[];
      quota: { sentence: string; seconds: number } | null;
      error: { code: string; message: string; cure: string } | null;
    };
    JobList: { jobs: components["schemas"]["Job"][]; next_cursor: string | null };
    Item: {
      seq: number;
      provider_id: string;
      name: string;
      path: string;
      size: number | null;
      state: string;
      reason: string | null;
      message: string | null;
      attempts: number;
      image_id: string | null;
    };
    ItemList: { items: components["schemas"]["Item"][]; next_cursor: string | null };
    Image: {
      id: number;
      image_id: string;
      name: string;
      size: number;
      mime_type: string;
      source: string;
      created_at: string;
      google_drive_id: string | null;
      storage_path: string;
      url: string;
      width: number | null;
      height: number | null;
      orientation: number | null;
      damaged: boolean;
      thumbnail_url: string | null;
    };
    ImageList: {
      images: components["schemas"]["Image"][];
      count: number;
      total: number | null;
      next_cursor: string | null;
    };
    ImageInfo: components["schemas"]["Image"] & {
      sha256: string;
      provider_hash: string | null;
      format: string | null;
      frames: number | null;
      taken_at: string | null;
      camera: string | null;
      thumbhash: string | null;
      job_id: string | null;
      source_path: string | null;
    };
    Problem: {
      type: string;
      title: string;
      status: number;
      detail: string;
      code: string;
      cure: string;
      errors: { field: string; message: string }[];
    };
  };
}

type Answers<Body> = {
  200: { headers: Record<string, unknown>; content: { "application/json": Body } };
  default: {
    headers: Record<string, unknown>;
    content: { "application/problem+json": components["schemas"]["Problem"] };
  };
};

export interface operations {
  start_import: {
    requestBody: { content: { "application/json": components["schemas"]["StartImport"] } };
    responses: Answers<components["schemas"]["Job"]>;
  };
  list_jobs: {
    parameters: { query?: { cursor?: string; limit?: number } };
    responses: Answers<components["schemas"]["JobList"]>;
  };
  get_job: {
    parameters: { path: { job_id: string } };
    responses: Answers<components["schemas"]["Job"]>;
  };
  delete_job: {
    parameters: { path: { job_id: string } };
    responses: Answers<never>;
  };
  list_items: {
    parameters: {
      path: { job_id: string };
      query?: { state?: string; reason?: string; cursor?: string; limit?: number };
    };
    responses: Answers<components["schemas"]["ItemList"]>;
  };
  act_on_job: {
    parameters: { path: { job_id: string } };
    responses: Answers<components["schemas"]["Job"]>;
  };
  retry_job: {
    parameters: { path: { job_id: string } };
    requestBody: { content: { "application/json": { reason?: string } } };
    responses: Answers<components["schemas"]["Job"]>;
  };
  list_images: {
    parameters: {
      query?: { source?: string; job?: string; q?: string; cursor?: string; limit?: number };
    };
    responses: Answers<components["schemas"]["ImageList"]>;
  };
  delete_image: {
    parameters: { path: { image_id: string } };
    responses: Answers<never>;
  };
  get_image_info: {
    parameters: { path: { image_id: string } };
    responses: Answers<components["schemas"]["ImageInfo"]>;
  };
}
