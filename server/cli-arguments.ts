import { parseArgs } from 'node:util'
import type { Command, Given, OfflineCommand } from './cli-commands'
import { UsageError } from './usage-error'

type AnyCommand = Command | OfflineCommand
export type Invocation = { command: AnyCommand; given: Given; json: boolean }

/** What the command line says, or null where it asks for help. @throws UsageError */
export function readArguments(commands: readonly AnyCommand[], args: string[]): Invocation | null {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') return null
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
  if (!command) {
    const tried = args.filter((arg) => !arg.startsWith('-')).slice(0, 2)
    throw new UsageError(tried.length === 0 ? 'Say what to do.' : `There is no command “${tried.join(' ')}”.`)
  }
  const rest = args.slice(command.name.split(' ').length)
  const { values, positionals } = parseOptions(command, rest)
  const wanted = command.operand === undefined ? 0 : 1
  if (positionals.length > wanted && !isOffline(command))
    throw new UsageError(`${command.name}: ${positionals[wanted]} is one too many.`)
  if (positionals.length < wanted) throw new UsageError(`${command.name}: ${command.operand} is missing.`)

  const given: Given = { operand: positionals[0] ?? '', operands: positionals, options: {}, lists: {} }
  for (const [name, option] of Object.entries(command.options)) {
    const value = values[name]
    if (value === undefined) {
      if (option.required) throw new UsageError(`${command.name}: --${name} ${option.value} is missing.`)
    } else if (Array.isArray(value)) {
      given.lists[name] = value.map(String)
    } else {
      if (option.required && !option.mayBeEmpty && value === '')
        throw new UsageError(`${command.name}: --${name} is empty.`)
      if (option.among && !option.among.includes(String(value))) {
        throw new UsageError(`${command.name}: --${name} is one of ${option.among.join(', ')}.`)
      }
      given.options[name] = String(value)
    }
  }
  return { command, given, json: values.json === true }
}

export function isOffline(command: AnyCommand): command is OfflineCommand {
  return 'check' in command
}

function parseOptions(command: AnyCommand, args: string[]): { values: Record<string, unknown>; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => [
      name,
      {
        type: option.value === '' ? ('boolean' as const) : ('string' as const),
        ...(option.multiple ? { multiple: true as const } : {}),
      },
    ]),
  )
  try {
    return parseArgs({ args, options: { ...options, json: { type: 'boolean' } }, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(`${command.name}: ${(error as Error).message.split('. ')[0]}.`, { cause: error })
  }
}

export function describeUsage(commands: readonly AnyCommand[]): string {
  const lines = commands.map((command) => {
    const options = Object.entries(command.options).map(([name, { value, required, multiple }]) => {
      const text = `--${name}${value && ` ${value}`}`
      return required ? text : `[${text}]${multiple ? '…' : ''}`
    })
    return `  ${[command.name, isOffline(command) ? `${command.operand}…` : command.operand, ...options].filter(Boolean).join(' ')}\n      ${command.purpose}`
  })
  return [
    'npm run -s countersign -- COMMAND [--json]',
    '',
    ...lines,
    '',
    'ID of an application is its id or its Application Key. Works beside a running server, or starts the database itself.',
    'Exit: 0 done, 1 refused, 2 not understood.',
    '',
  ].join('\n')
}
