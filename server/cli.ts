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
import { openDatabase } from './open-database'
import { UsageError } from './usage-error'

const DONE = 0
const REFUSED = 1
const USAGE = 2

/** `npm run -s countersign -- …`: the verbs of the portal, for operators, scripts and tests. */
async function main(): Promise<number> {
  const invocation = readArguments(COMMANDS, process.argv.slice(2))
  if (!invocation) {
    process.stdout.write(describeUsage(COMMANDS))
    return DONE
  }
  const { command, given, json } = invocation
  if (isOffline(command)) {
    const results = await command.check(given)
    for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`)
    return results.some((result) => command.fails(result)) ? REFUSED : DONE
  }
  const opened = await openDatabase('command')
  try {
    const result = await command.run(operatorContext(), given)
    process.stdout.write(`${json ? JSON.stringify(result) : describeResult(result)}\n`)
    return command.fails?.(result) ? REFUSED : DONE
  } finally {
    await opened.close()
  }
}

/** Whoever can run a command here holds the machine: they act as an operator. */
function operatorContext(): Context {
  const actor = { kind: 'operator' as const, name: 'command line' }
  return { db: database().db, actor, now: currentTime(), requestId: `cli-${randomUUID()}`, address: null }
}

// Standard output is for the result alone.
process.env.LOG_LEVEL = 'silent'

main().then(end, (error: unknown) => {
  const usage = error instanceof UsageError
  const expected =
    usage || isDomainError(error) || error instanceof EnvironmentError || error instanceof DataDirectoryInUseError
  process.stderr.write(`${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`)
  if (usage) process.stderr.write(`\n${describeUsage(COMMANDS)}`)
  end(usage ? USAGE : REFUSED)
})

/** Ends by itself, once everything is written: the embedded database's exit hook would turn any code into 0. */
function end(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}
