import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  out: './db/migrations',
  // Not partitioned.ts: its tables are created by hand-written migrations.
  schema: [
    './db/schema/people.ts',
    './db/schema/customers.ts',
    './db/schema/applications.ts',
    './db/schema/credentials.ts',
    './db/schema/certificates.ts',
    './db/schema/revocation.ts',
    './db/schema/handshakes.ts',
    './db/schema/dispositions.ts',
    './db/schema/connections.ts',
    './db/schema/consents.ts',
    './db/schema/oauth.ts',
    './db/schema/settings.ts',
    './db/schema/team.ts',
    './db/schema/approvals.ts',
    './db/schema/notices.ts',
  ],
})
