import { section } from './section.js';
import { optionalUrl } from './variable.js';

export const alertsConfig = section('alerts', {
  webhookUrl: optionalUrl('ALERT_WEBHOOK_URL', ['http:', 'https:'], {
    description: 'Where alerts are sent as JSON by POST. Absent: the administrators get mails.',
  }),
});
