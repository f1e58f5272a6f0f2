import type { Runs } from "../big-declaration.ts";
import { nodeImage } from "../../lib/engine/bundle-image.ts";

/**
 * A server that takes next to nothing, so that hundreds fit on one machine: 5 MiB of memory and 20 ms of a processor to start. It answers
 * every request as a healthy service of {@link bigDeclaration} does. Perl is in every image that is made of Debian.
 */
const program = `
  use IO::Socket::INET;
  $SIG{TERM} = sub { exit 0 };
  my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 128, ReuseAddr => 1) or die $!;
  my $body = '{"ready":true,"parts":["a","b"]}';
  while (1) {
    my $client = $server->accept or next;
    sysread($client, my $request, 4096) and print $client
      "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: "
      . length($body) . "\\r\\n\\r\\n$body";
    close $client;
  }`;

/** @param image the reference that the engine has of {@link nodeImage} */
export const tinyServer = (image: string = nodeImage): Runs => ({ image, command: ["perl", "-e", program] });
