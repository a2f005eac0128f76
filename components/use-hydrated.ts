import { useSyncExternalStore } from 'react'

/** False on the server and in the first render of the browser, true as soon as scripts run: for what only they can serve. */
export function useHydrated(): boolean {
  return useSyncExternalStore(watchNothing, isBrowser, isServer)
}

function watchNothing() {
  return () => {}
}

function isBrowser() {
  return true
}

function isServer() {
  return false
}
