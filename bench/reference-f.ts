// F: bare Fastify answering a constant body of about 1 kB, the size of one day. Nothing that answers over HTTP in this
// house can be faster.
import Fastify from 'fastify';

const timeSlots = Array.from({ length: 9 }, (_, at) => ({
  time: `${String(9 + at).padStart(2, '0')}:00 AM`,
  available: at % 3 !== 0,
  start: `2027-01-04T${String(9 + at).padStart(2, '0')}:00:00-05:00`,
  end: `2027-01-04T${String(10 + at).padStart(2, '0')}:00:00-05:00`,
}));
const body = { practitionerId: 5_000_001, date: '2027-01-04', timeSlots, timeZone: 'America/New_York' };

const app = Fastify();
app.get('/ready', () => ({}));
app.get('/api/practitioners/:id/availability', () => body);
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
