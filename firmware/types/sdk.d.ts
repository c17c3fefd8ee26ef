/** The SDK's modules that the chip's doors import, as `@moddable/typings` has them. */
import '@moddable/typings/embedded_io/analog';
import '@moddable/typings/embedded_io/digital';
import '@moddable/typings/embedded_io/socket/listener';
import '@moddable/typings/embedded_io/socket/tcp';
import '@moddable/typings/embedded_io/socket/tls';
import '@moddable/typings/embedded_io/socket/udp';
import '@moddable/typings/embedded_network/dns/resolver/udp';
import '@moddable/typings/embedded_network/http/client';
import '@moddable/typings/embedded_network/mqtt/client';
import '@moddable/typings/flash';
import '@moddable/typings/mc/config';
import '@moddable/typings/net';
import '@moddable/typings/time';
import '@moddable/typings/timer';
import '@moddable/typings/wifi';
