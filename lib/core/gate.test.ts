import { expect, test } from 'vitest'
import { Gate } from './gate'

test('so many at once, so many wait, and the others are turned away at once', async () => {
  const gate = new Gate(2, 3)
  const leave: (() => void)[] = []
  let most = 0
  let inside = 0
  const visits = Array.from({ length: 8 }, (_, number) =>
    gate.run(async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise<void>((resolve) => leave.push(resolve))
      inside -= 1
      return number
    }),
  )
  expect(await Promise.all(visits.slice(5))).toEqual([null, null, null])
  for (let left = 0; left < 5; left++) {
    await expect.poll(() => leave.length).toBeGreaterThan(left)
    leave[left]?.()
  }
  expect(await Promise.all(visits.slice(0, 5))).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
})

test('a failure leaves its place to the next', async () => {
  const gate = new Gate(1, 1)
  const failed = gate.run(() => Promise.reject(new Error('broken')))
  const next = gate.run(async () => 'in')
  await expect(failed).rejects.toThrow('broken')
  expect(await next).toBe('in')
  expect(await gate.run(async () => 'free')).toBe('free')
})
