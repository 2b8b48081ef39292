/**
 * The service worker: what a visit has loaded is kept, so that the page opens without a network. The newest is taken where
 * there is a network; what is kept stands in where there is none. Image sets never change: what is kept of them is taken.
 */
const KEPT = "odenet-lab";

interface ServiceWorkerScope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

interface WorkerEvent {
  readonly request: Request;
  waitUntil(promise: Promise<unknown>): void;
  respondWith(promise: Promise<Response>): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;

/** Names of all files, written beside this one when the site is built. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(KEPT);
  const files: string[] = await (await fetch("files.json")).json();
  await cache.addAll(["./", ...files]);
}

async function newest(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  const set = new URL(request.url).pathname.includes("/data/") ? await cache.match(request) : undefined;
  if (set) return set;
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

scope.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => scope.skipWaiting())));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && new URL(url).origin === scope.location.origin) event.respondWith(newest(event.request));
});

export {};
