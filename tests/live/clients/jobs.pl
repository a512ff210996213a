# Requests by a Perl library: jobs.pl lwp|tiny|mojo, one JSON object a line on standard input: url, method, headers as pairs, body.
use strict;
use warnings;
use JSON::PP;

my %libraries = (
    lwp => sub {
        my ($job) = @_;
        require LWP::UserAgent;
        require HTTP::Request;
        my $agent = LWP::UserAgent->new(ssl_opts => { verify_hostname => 0, SSL_verify_mode => 0 }, timeout => 15);
        $agent->request(HTTP::Request->new($job->{method}, $job->{url}, [map { @$_ } @{ $job->{headers} }], $job->{body} // ""));
    },
    tiny => sub {
        my ($job) = @_;
        require HTTP::Tiny;
        my %headers = map { @$_ } grep { lc $_->[0] ne "host" } @{ $job->{headers} };
        my %body = defined $job->{body} ? (content => $job->{body}) : ();
        HTTP::Tiny->new(verify_SSL => 0, timeout => 15)->request($job->{method}, $job->{url}, { headers => \%headers, %body });
    },
    mojo => sub {
        my ($job) = @_;
        require Mojo::UserAgent;
        my $agent = Mojo::UserAgent->new(insecure => 1);
        $agent->start($agent->build_tx($job->{method} => $job->{url} => { map { @$_ } @{ $job->{headers} } } => $job->{body} // ""));
    },
);
my $work = $libraries{ $ARGV[0] };
while (my $line = <STDIN>) {
    eval { $work->(decode_json($line)); 1 } or print STDERR $@;
}
