/**
 * Lets so many in at once, and so many more wait; whoever comes beyond that is turned away at once, with null. Keeps a burst
 * from becoming as many processes, and a queue from becoming endless.
 */
export class Gate {
  private inside = 0
  private readonly queue: (() => void)[] = []
  private readonly atOnce: number
  private readonly waiting: number

  constructor(atOnce: number, waiting: number) {
    this.atOnce = atOnce
    this.waiting = waiting
  }

  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.inside >= this.atOnce) {
      if (this.queue.length >= this.waiting) return null
      // Who leaves hands the place over, so that nobody comes in between.
      await new Promise<void>((resolve) => this.queue.push(resolve))
    } else {
      this.inside += 1
    }
    try {
      return await work()
    } finally {
      const next = this.queue.shift()
      if (next) next()
      else this.inside -= 1
    }
  }
}
