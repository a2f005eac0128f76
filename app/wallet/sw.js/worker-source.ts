type Words = Record<'disposition' | 'security' | 'connection' | 'consent', { title: string; body: string }>

/**
 * What runs in the browser while no page does. It shows notifications and, without a network, the offline page: nothing
 * else is ever cached, because every other page of the wallet is somebody's.
 */
export function workerSource(words: Record<'en' | 'it', Words>): string {
  return `(${WORKER})(self, ${JSON.stringify(words)})\n`
}

const WORKER = `function (worker, words) {
  const CACHE = 'wallet-offline-1'
  const OFFLINE = '/wallet/offline'

  // The offline page and the style sheets that it names.
  async function keepOfflinePage() {
    const cache = await caches.open(CACHE)
    const page = await fetch(OFFLINE, { cache: 'reload' })
    if (!page.ok) throw new Error('offline page: ' + page.status)
    const html = await page.clone().text()
    await cache.put(OFFLINE, page)
    const styles = [...html.matchAll(/href="(\\/_next\\/static\\/[^"]+\\.css[^"]*)"/g)].map((match) => match[1])
    await cache.addAll([...new Set(styles), '/icons/192.png'])
  }

  async function dropOldCaches() {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name.startsWith('wallet-') && name !== CACHE).map((name) => caches.delete(name)))
    await worker.clients.claim()
  }

  async function fromNetworkOrOffline(request) {
    try {
      return await fetch(request)
    } catch (error) {
      const page = request.mode === 'navigate' ? await caches.match(OFFLINE) : await caches.match(request)
      if (page) return page
      throw error
    }
  }

  // What may be announced, and where that leads: nowhere else, whatever the message says.
  const PATHS = {
    disposition: /^\\/wallet\\/d$/,
    security: /^\\/security$/,
    connection: /^\\/connections\\/CON[0-9A-Z]{10}$/,
    consent: /^\\/consents\\/cns_[0-9a-z]{20}$/,
  }

  function readMessage(data) {
    try {
      const message = data.json()
      const url = new URL(message.url, worker.location.origin)
      const path = Object.hasOwn(PATHS, message.kind) && PATHS[message.kind]
      if (!path || url.origin !== worker.location.origin || !path.test(url.pathname)) return null
      return { url: url.href, kind: message.kind, words: (words[message.locale] || words.en)[message.kind] }
    } catch {
      return null
    }
  }

  worker.addEventListener('install', (event) => {
    worker.skipWaiting()
    event.waitUntil(keepOfflinePage())
  })
  worker.addEventListener('activate', (event) => event.waitUntil(dropOldCaches()))
  worker.addEventListener('fetch', (event) => {
    const { request } = event
    const isStyle = new URL(request.url).pathname.startsWith('/_next/static/') && request.destination === 'style'
    if (request.method === 'GET' && (request.mode === 'navigate' || isStyle)) {
      event.respondWith(fromNetworkOrOffline(request))
    }
  })
  worker.addEventListener('push', (event) => {
    const message = event.data && readMessage(event.data)
    if (!message) return
    event.waitUntil(
      worker.registration.showNotification(message.words.title, {
        body: message.words.body,
        icon: '/icons/192.png',
        data: { url: message.url },
        requireInteraction: message.kind === 'disposition',
      }),
    )
  })
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close()
    event.waitUntil(worker.clients.openWindow(event.notification.data.url))
  })
}`
