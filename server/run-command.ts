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

export type CommandOutcome = { code: number; stdout: string; stderr: string }

/**
 * What `npm run -s countersign -- …` answers to those words: standard output is for the result alone. `open` makes a database
 * available, and is asked only by a command that needs one.
 */
export async function runCommand(
  words: string[],
  open: () => Promise<{ close(): Promise<void> }>,
): Promise<CommandOutcome> {
  try {
    return { stderr: '', ...(await answer(words, open)) }
  } catch (error) {
    const usage = error instanceof UsageError
    const expected =
      usage || isDomainError(error) || error instanceof EnvironmentError || error instanceof DataDirectoryInUseError
    const reason = `${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`
    return {
      code: usage ? USAGE : REFUSED,
      stdout: '',
      stderr: usage ? `${reason}\n${describeUsage(COMMANDS)}` : reason,
    }
  }
}

async function answer(words: string[], open: () => Promise<{ close(): Promise<void> }>) {
  const invocation = readArguments(COMMANDS, words)
  if (!invocation) return { code: DONE, stdout: describeUsage(COMMANDS) }
  const { command, given, json } = invocation
  if (isOffline(command)) {
    const results = await command.check(given)
    const stdout = results.map((result) => `${JSON.stringify(result)}\n`).join('')
    return { code: results.some((result) => command.fails(result)) ? REFUSED : DONE, stdout }
  }
  const opened = await open()
  const result = await command.run(operatorContext(), given).catch(async (error) => {
    await opened.close()
    throw error
  })
  const stdout = `${json ? JSON.stringify(result) : describeResult(result)}\n`
  const code = command.fails?.(result) ? REFUSED : DONE
  // What is told once is told, whatever happens afterwards.
  const stderr = await opened.close().then(
    () => '',
    (error: unknown) => `The database was not closed: ${error}\n`,
  )
  return { code, stdout, stderr }
}

/** Whoever can run a command here holds the machine: they act as an operator. */
function operatorContext(): Context {
  const actor = { kind: 'operator' as const, name: 'command line' }
  return { db: database().db, actor, now: currentTime(), requestId: `cli-${randomUUID()}`, address: null }
}
