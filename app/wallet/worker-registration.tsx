'use client'

import { useEffect } from 'react'

/** Makes the wallet installable and lets it receive notifications. */
export function WorkerRegistration() {
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return
    // Without a worker the wallet works all the same, only without notifications and offline page.
    navigator.serviceWorker.register('/wallet/sw.js', { scope: '/wallet' }).catch(() => undefined)
  }, [])
  return null
}
