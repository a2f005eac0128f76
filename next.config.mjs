import { existsSync } from 'node:fs'
import createNextIntlPlugin from 'next-intl/plugin'

const withNextIntl = createNextIntlPlugin('./lib/session/locale.ts')

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run verify` checks types; whoever starts the product need not wait for it.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    'postgres',
    'pg-boss',
    'pino',
    '@node-rs/argon2',
    'sharp',
    'web-push',
    'nodemailer',
    'prom-client',
  ],
  experimental: {
    // For the next build, at a third of this one's time: worth it once there has been one before.
    turbopackFileSystemCacheForBuild: existsSync('.next/BUILD_ID'),
    serverActions: { bodySizeLimit: '1mb' },
  },
}

export default withNextIntl(config)
