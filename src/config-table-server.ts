// The settings of the server itself: where it listens, who may call, how it ends.
import type { SettingGroup } from './config-table.ts';

export const SERVER_GROUP = {
  title: 'The server',
  settings: [
    { name: 'HOST', default: '127.0.0.1', meaning: 'Address to listen on; 0.0.0.0 for every interface.' },
    { name: 'PORT', default: '3000', meaning: 'Port to listen on; 0 takes a free one.' },
    { name: 'PROCESS', default: 'all', meaning: 'What this process does: all, api or worker.' },
    {
      name: 'WORKER_PORT',
      default: '',
      meaning: 'Where a worker answers /health/live, /health/ready and /metrics; unset: nowhere, 0: a free port.',
    },
    { name: 'PUBLIC_URL', default: '', meaning: 'Where people reach this server, for links in mails.' },
    {
      name: 'MANAGE_URL',
      default: '',
      meaning: 'Your page where a client moves or cancels by the link in our mails; unset: no such link.',
    },
    { name: 'PRACTICE_NAME', default: 'Slotkeeper Practice', meaning: 'Name of the practice made at first start.' },
    {
      name: 'CORS_ORIGINS',
      default: '',
      meaning: 'Origins whose pages may call, by comma; * for all. Unset: all in the sandbox, else none.',
    },
    {
      name: 'TRUST_PROXY',
      default: '0',
      meaning: 'How many proxies stand in front, or their addresses by comma; 0 for none.',
    },
    { name: 'LOG_LEVEL', default: 'info', meaning: 'fatal, error, warn, info, debug, trace or silent.' },
    { name: 'METRICS_TOKEN', default: '', secret: true, meaning: 'Bearer token for /metrics from elsewhere.' },
    {
      name: 'TOKEN_SECRET',
      default: '',
      secret: true,
      meaning: 'Signs the tokens issued here, at least 32 characters; unset: a key kept in the database.',
    },
    { name: 'SHUTDOWN_MS', default: '10000', meaning: 'How long running work may take to end after SIGTERM.' },
    {
      name: 'DRAIN_MS',
      default: '3000',
      meaning:
        'Of that, how long it serves on while /health/ready says 503, where a balancer has been asking; 0 for none.',
    },
  ],
} as const satisfies SettingGroup;
