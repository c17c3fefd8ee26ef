import { FOREIGN, loadConfig, LOG_LEVELS } from '../../collector/config.js';
import type { Flags } from '../../collector/options.js';
import { Command } from '../command.js';
import type { Output } from '../output.js';
import { explained } from './fault.js';

/** `thermowell serve`: the collector, until SIGINT or SIGTERM. The environment is read by the collector itself. */
export function serve(output: Output): Command {
  return new Command('serve', output)
    .option('--host <address>', 'listen on this address (default: every one, env: THERMOWELL_HOST)')
    .option('--port <port>', '0 takes any free one (default: 8080, env: THERMOWELL_PORT)')
    .option('--tls-cert <file>', 'speak TLS only: certificate and chain, PEM (env: THERMOWELL_TLS_CERT)')
    .option('--tls-key <file>', 'and its key, PEM (env: THERMOWELL_TLS_KEY)')
    .option('--data <folder>', 'the data folder (default: data, env: THERMOWELL_DATA)')
    .option('--users <file>', 'the users file (default: users.json in the data folder, env: THERMOWELL_USERS)')
    .option('--log-level <level>', `${LOG_LEVELS.join(', ')} (default: info, env: THERMOWELL_LOG_LEVEL)`)
    .option('--private', 'reading needs a token too (env: THERMOWELL_PRIVATE)')
    .option('--trust-clock', 'believe the clock though a record is newer than it shows (env: THERMOWELL_TRUST_CLOCK)')
    .option('--mqtt-port <port>', 'of the MQTT broker, 0 takes any free one (default: 1883, env: THERMOWELL_MQTT_PORT)')
    .option('--no-mqtt', 'no MQTT at all (env: THERMOWELL_MQTT=off)')
    .option(
      '--mqtt-url <url>',
      'another broker instead, mqtt://user:password@host or mqtts:// (env: THERMOWELL_MQTT_URL)',
    )
    .option('--mqtt-ca <file>', 'the certificate to trust with mqtts:// (env: THERMOWELL_MQTT_CA)')
    .option(
      '--mqtt-user <user>',
      'whose devices are on that broker (default: the only user, env: THERMOWELL_MQTT_USER)',
    )
    .option('--no-homeassistant', 'tell Home Assistant of nothing (env: THERMOWELL_HOMEASSISTANT=off)')
    .option(
      '--homeassistant-prefix <prefix>',
      'of its discovery topics (default: homeassistant, env: THERMOWELL_HOMEASSISTANT_PREFIX)',
    )
    .option('--no-mdns', "don't tell the LAN where the collector is (env: THERMOWELL_MDNS=off)")
    .option('--accept <names>', `what others publish, ${FOREIGN.join(', ')} (env: THERMOWELL_ACCEPT)`)
    .option('--max-bytes <n>', 'of a request, unpacked (default: 1048576, env: THERMOWELL_MAX_BYTES)')
    .option('--max-readings <n>', 'of a batch (default: 10000, env: THERMOWELL_MAX_READINGS)')
    .option('--max-sensors <n>', 'of a batch (default: 64, env: THERMOWELL_MAX_SENSORS)')
    .option('--max-fields <n>', 'of a sensor or a point (default: 64, env: THERMOWELL_MAX_FIELDS)')
    .option(
      '--commit-delay <ms>',
      'between two syncs at least, gentle to SD cards: answers wait (default: 0, env: THERMOWELL_COMMIT_DELAY)',
    )
    .option(
      '--verify-every <s>',
      'a stored file is read again to see whether it is whole; 0: never (default: 60, env: THERMOWELL_VERIFY_EVERY)',
    )
    .option('--alarm-webhook <url>', 'where alarms are posted as JSON (env: THERMOWELL_ALARM_WEBHOOK)')
    .option('--alarm-ntfy <url>', 'an ntfy topic for alarms, https://ntfy.sh/topic (env: THERMOWELL_ALARM_NTFY)')
    .examples(
      ['serve', 'port 8080, data in ./data; the first start makes a user and shows the token'],
      ['serve --port 80 --data /var/lib/thermowell --private', 'for a Raspberry Pi that others can reach'],
    )
    .action(async (flags: Flags) => {
      const config = await explained(() => loadConfig(flags));
      // the server takes half a second to load on a small machine; the other commands do without it
      const collector = await import('../../collector/main.js');
      await explained(() => collector.serve(config));
    });
}
