import { randomUUID } from 'node:crypto'
import { database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { EnvironmentError } from '@/lib/env/env'
import { describeUsage, isOffline, readArguments } from './cli-arguments'
import { COMMANDS } from './cli-commands'
import { describeResult } from './cli-output'
import { DataDirectoryInUseError } from './data-lock'
import { UsageError } from './usage-error'

const DONE = 0
const REFUSED = 1
const USAGE = 2

export type CommandOutcome = { code: number; stderr: string }

/**
 * What `npm run -s countersign -- …` does with those words. `tell` writes the result, for which standard output is alone,
 * before anything else can go wrong: a secret is told once. `open` makes a database available, and is asked only by a command
 * that needs one.
 */
export async function runCommand(
  words: string[],
  open: () => Promise<{ close(): Promise<void> }>,
  tell: (stdout: string) => Promise<void>,
): Promise<CommandOutcome> {
  try {
    return { stderr: '', ...(await answer(words, open, tell)) }
  } catch (error) {
    const usage = error instanceof UsageError
    const expected =
      usage || isDomainError(error) || error instanceof EnvironmentError || error instanceof DataDirectoryInUseError
    const reason = `${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`
    return {
      code: usage ? USAGE : REFUSED,
      stderr: usage ? `${reason}\n${describeUsage(COMMANDS)}` : reason,
    }
  }
}

async function answer(
  words: string[],
  open: () => Promise<{ close(): Promise<void> }>,
  tell: (stdout: string) => Promise<void>,
): Promise<{ code: number; stderr?: string }> {
  const invocation = readArguments(COMMANDS, words)
  if (!invocation) {
    await tell(describeUsage(COMMANDS))
    return { code: DONE }
  }
  const { command, given, json } = invocation
  if (isOffline(command)) {
    const results = await command.check(given)
    await tell(results.map((result) => `${JSON.stringify(result)}\n`).join(''))
    return { code: results.some((result) => command.fails(result)) ? REFUSED : DONE }
  }
  const opened = await open()
  const result = await command.run(operatorContext(), given).catch(async (error) => {
    await opened.close().catch(() => undefined) // why it was refused is what matters
    throw error
  })
  await tell(`${json ? JSON.stringify(result) : describeResult(result)}\n`).catch(async (error) => {
    await opened.close().catch(() => undefined)
    throw error
  })
  const code = command.fails?.(result) ? REFUSED : DONE
  const stderr = await opened.close().then(
    () => '',
    (error: unknown) => `The database was not closed: ${error}\n`,
  )
  return { code, stderr }
}

/** Whoever can run a command here holds the machine: they act as an operator. */
function operatorContext(): Context {
  const actor = { kind: 'operator' as const, name: 'command line' }
  return { db: database().db, actor, now: currentTime(), requestId: `cli-${randomUUID()}`, address: null }
}
