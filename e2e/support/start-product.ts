import type { FullConfig } from '@playwright/test'
import { startProduct } from './product'

/** Starts the product once for all tests; the workers find it by these variables. One that runs already is used as it is. */
export default async function startForAll(config: FullConfig): Promise<(() => Promise<void>) | undefined> {
  if (process.env.E2E_URL) return
  const product = await startProduct({
    pushServices: config.workers,
    // Offered and described; a message that is sent reaches nobody.
    settings: { SMS_WEBHOOK_URL: 'https://sms.invalid/send' },
  })
  process.env.E2E_URL = product.url
  process.env.E2E_DATA_DIR = product.dataDir
  process.env.E2E_PUSH_PORTS = product.pushPorts.join(',')
  return product.stop
}
