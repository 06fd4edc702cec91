/** The service worker that makes the page installable and shows what is pushed. */

/** Registered once a page; null where the browser has none. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  // Its script is asked for anew each time: an old worker must not outlive an update.
  const registration = await navigator.serviceWorker.register("/agent-sw.js", {
    scope: "/agent",
    updateViaCache: "none",
  });
  await active(registration);
  return registration;
}

/** A subscription needs a worker that runs. */
function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((done) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated" || worker.state === "redundant") done();
    });
  });
}
