import createNextIntlPlugin from 'next-intl/plugin'

const withNextIntl = createNextIntlPlugin('./lib/session/locale.ts')

/** @type {import('next').NextConfig} */
const config = {
  // Two development servers at once keep their work apart (scripts/start.mjs).
  ...(process.env.NEXT_DIST_DIR ? { distDir: process.env.NEXT_DIST_DIR } : {}),
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: ['postgres', 'pg-boss', 'pino', '@node-rs/argon2', 'sharp', 'web-push', 'nodemailer', 'prom-client'],
  experimental: {
    serverActions: { bodySizeLimit: '1mb' },
  },
}

export default withNextIntl(config)
