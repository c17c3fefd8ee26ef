import type { Target } from '../alarms/target.js';
import type { Bus } from './bus.js';

/** Where alarms are told over MQTT, as JSON. */
const ALARM_TOPIC = 'thermowell/collector/alarm';

/** Not retained: it tells of a beginning or an end; `GET /alarms` says how things stand. */
export function mqttTarget(bus: Bus): Target {
  return {
    name: 'mqtt',
    async send(message) {
      const { broker, state } = bus.status();
      if (broker === 'outside' && state !== 'connected') throw new Error('the broker is away');
      await bus.publish(ALARM_TOPIC, JSON.stringify(message), { qos: 1 });
    },
  };
}
