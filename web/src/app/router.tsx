/** Every address of the page, and what its search parameters may be. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { Shell } from "@/components/layout/shell";
import { CrashScreen } from "./routes/crash";
import { ImportScreen } from "./routes/import";
import { JobsScreen } from "./routes/jobs";
import { NotFoundScreen } from "./routes/not-found";
import { connectionsSearch, gallerySearch, jobSearch } from "./search";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundScreen });

const routes = [
  createRoute({ getParentRoute: () => root, path: "/", component: ImportScreen }),
  createRoute({ getParentRoute: () => root, path: "/jobs", component: JobsScreen }),
  createRoute({
    getParentRoute: () => root,
    path: "/jobs/$id",
    validateSearch: jobSearch,
    component: lazyRouteComponent(() => import("./routes/job"), "JobScreen"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/gallery",
    validateSearch: gallerySearch,
    component: lazyRouteComponent(() => import("./routes/gallery"), "GalleryScreen"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/trash",
    component: lazyRouteComponent(() => import("./routes/trash"), "TrashScreen"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/connections",
    validateSearch: connectionsSearch,
    component: lazyRouteComponent(() => import("./routes/connections"), "ConnectionsScreen"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultErrorComponent: CrashScreen,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
