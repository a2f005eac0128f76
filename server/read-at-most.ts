import { open } from 'node:fs/promises'

/** One byte more than the limit at most, whatever the size of the file says. */
export async function readAtMost(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const chunks: Buffer[] = []
    for await (const chunk of handle.createReadStream({ end: limit, autoClose: false })) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } finally {
    await handle.close()
  }
}
