import { openDatabase } from './open-database'
import { runCommand } from './run-command'

// `npm run -s countersign -- …`: the verbs of the portal, for operators, scripts and tests.
process.env.LOG_LEVEL = 'silent'

// Whoever reads may have gone: the database is closed all the same.
process.stdout.on('error', () => undefined)
const tell = (stdout: string) => new Promise<void>((resolve) => process.stdout.write(stdout, () => resolve()))

runCommand(process.argv.slice(2), () => openDatabase('command'), tell).then(({ code, stderr }) => {
  // Ends by itself, once everything is written: the embedded database's exit hook would turn any code into 0.
  process.stderr.write(stderr, () => process.exit(code))
})
