/* UDP for udp.ts: what the SDK's has, and multicast, which it lacks on Linux. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Others listen to mDNS as well: the port is shared. -1: it isn't to be had */
int32_t lin_udp_open(int32_t port)
{
	int on = 1;
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0) return fd;
	close(fd);
	return -1;
}

int32_t lin_udp_join(int32_t fd, char *group)
{
	struct ip_mreq request = {.imr_multiaddr.s_addr = inet_addr(group)};
	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) == 0;
}

int32_t lin_udp_write(int32_t fd, uint8_t *bytes, int32_t count, char *address, int32_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address), .sin_port = htons(port)};
	return sendto(fd, bytes, count, 0, (struct sockaddr *)&to, sizeof(to)) == count;
}

/* How many bytes came, -1 for none; in `from` four bytes of address and two of port. */
int32_t lin_udp_read(int32_t fd, uint8_t *into, int32_t size, uint8_t *from)
{
	struct sockaddr_in sender;
	socklen_t length = sizeof(sender);
	int32_t count = (int32_t)recvfrom(fd, into, size, 0, (struct sockaddr *)&sender, &length);
	if (count < 0) return -1;
	memcpy(from, &sender.sin_addr, 4);
	memcpy(from + 4, &sender.sin_port, 2);
	return count;
}

void lin_udp_close(int32_t fd)
{
	close(fd);
}
