import { readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { connectDatabase } from '@/db/client'
import { runningEmbeddedUrl } from '@/server/embedded-postgres'
import { makeOwner, signIn } from './people'
import { type Product, startProduct } from './product'

type OwnProduct = {
  product: Product
  /** Stops PostgreSQL, and keeps the product from starting it again. */
  takeAway: () => Promise<void>
  bringBack: () => Promise<void>
  /** Makes an owner and signs that browser in as them. */
  signedIn: (context: BrowserContext) => Promise<void>
}

/** A product that no other test shares, for what would disturb them. */
export async function withOwnProduct(use: (own: OwnProduct) => Promise<void>): Promise<void> {
  const product = await startProduct({ pushServices: 0 })
  const cluster = path.join(product.dataDir, 'postgres')
  const bringBack = () => rename(`${cluster}.away`, cluster)
  try {
    await use({
      product,
      takeAway: async () => {
        const [pid] = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8')).split('\n')
        await rename(cluster, `${cluster}.away`)
        process.kill(Number(pid), 'SIGQUIT') // ends at once; the log is replayed at its next start
      },
      bringBack,
      signedIn: async (context) => {
        const url = await runningEmbeddedUrl(product.dataDir)
        if (!url) throw new Error('the database of the product does not answer')
        const { db, close } = connectDatabase(url, { prepare: true, max: 1 })
        await signIn(db, context, product.url, await makeOwner(db))
        await close()
      },
    })
  } finally {
    await product.stop()
  }
}
