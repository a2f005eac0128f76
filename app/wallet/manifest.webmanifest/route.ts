export const dynamic = 'force-static'

export function GET(): Response {
  const manifest = {
    id: '/wallet',
    name: 'Countersign Wallet',
    short_name: 'Countersign',
    description: 'Approve from your own device what others ask of your accounts.',
    start_url: '/wallet',
    scope: '/wallet',
    display: 'standalone',
    orientation: 'portrait',
    background_color: '#ffffff',
    theme_color: '#ffffff',
    icons: [
      { src: '/icons/192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icons/512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
    shortcuts: [{ name: 'Scan', url: '/wallet/scan' }],
  }
  return Response.json(manifest, { headers: { 'Content-Type': 'application/manifest+json' } })
}
