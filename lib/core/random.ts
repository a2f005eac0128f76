import { randomFillSync } from 'node:crypto'

// One call to the generator costs as much as many bytes of it do: they are drawn in blocks. Bytes that were given out are
// overwritten, so that no later reader of this memory finds them.
const pool = Buffer.alloc(4096)
let used = pool.length

/** `count` random bytes (at most 4096) from the operating system's generator, as a copy of their own. */
export function drawBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.from(pool.subarray(used, used + count))
  pool.fill(0, used, used + count)
  used += count
  return bytes
}
